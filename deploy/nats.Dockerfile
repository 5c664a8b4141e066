# The broker: the published image, our configuration, and a data directory that a plain user may write.
FROM nats:2.15-alpine
COPY deploy/nats.conf /etc/nats/cinestream.conf
RUN mkdir -p /data && chown 10001:10001 /data
USER 10001:10001
VOLUME /data
CMD ["nats-server", "--config", "/etc/nats/cinestream.conf"]
