# The NATS server: the published image, our configuration, and a data folder that an ordinary user may write to.
FROM nats:2.15-alpine
COPY demo/src/cinestream_demo/local/nats.conf /etc/nats/cinestream.conf
RUN mkdir -p /data && chown 10001:10001 /data
USER 10001:10001
VOLUME /data
CMD ["nats-server", "--config", "/etc/nats/cinestream.conf"]
