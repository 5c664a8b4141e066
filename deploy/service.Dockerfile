# The image of one service. docker-compose.yml builds one for each service, with these arguments:
#   PACKAGE  distribution to install
#   FOLDER   its folder
#   COMMAND  command that the container runs
#   EXTRAS   options of uv for optional dependencies, for example "--extra encryption"
FROM python:3.13-slim-trixie AS build
ENV UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1 UV_PROJECT_ENVIRONMENT=/app
WORKDIR /src
COPY tools/uv.txt ./
RUN python3 -m venv /uv && /uv/bin/pip install --quiet --no-cache-dir --require-hashes -r uv.txt
# uv reads the lock file only together with the pyproject.toml of every workspace member.
COPY pyproject.toml uv.lock ./
COPY shared/pyproject.toml shared/
COPY shared/flow/pyproject.toml shared/flow/
COPY services/scraper/pyproject.toml services/scraper/
COPY services/etl/pyproject.toml services/etl/
COPY services/stream-api/pyproject.toml services/stream-api/
COPY services/trakt-export/pyproject.toml services/trakt-export/
COPY demo/pyproject.toml demo/
COPY cli/pyproject.toml cli/
# Declared here, because every layer below an ARG depends on its value: the layers above are the same in all images.
ARG PACKAGE
ARG EXTRAS=""
# Dependencies first: they change rarely, so this layer stays in the build cache.
RUN /uv/bin/uv sync --frozen --no-dev --no-install-workspace --package "$PACKAGE" $EXTRAS
ARG FOLDER
COPY shared shared
COPY $FOLDER $FOLDER
# Selenium brings a driver manager for each platform. The scraper's container drives a remote browser and needs none.
RUN /uv/bin/uv sync --frozen --no-dev --no-editable --package "$PACKAGE" $EXTRAS \
 && rm -rf /app/lib/python3*/site-packages/selenium/webdriver/common/linux* \
           /app/lib/python3*/site-packages/selenium/webdriver/common/macos \
           /app/lib/python3*/site-packages/selenium/webdriver/common/windows

FROM python:3.13-slim-trixie
ARG COMMAND
COPY --from=build /app /app
ENV PATH=/app/bin:$PATH PYTHONUNBUFFERED=1 SERVICE_COMMAND=$COMMAND
# The Trakt export keeps its files here. A new volume at /data takes over the owner of this folder.
ENV CINESTREAM_TRAKT_CHECKPOINTS__DIR=/data/state CINESTREAM_TRAKT_CACHE__DIR=/data/cache \
    CINESTREAM_TRAKT_LOGIN__TOKEN_FILE=/data/login/token.json
RUN mkdir /data && chown 10001:10001 /data
USER 10001:10001
# An ENTRYPOINT in JSON form does not expand variables. `exec` makes the command process 1, so that it gets the signals.
ENTRYPOINT ["/bin/sh", "-c", "exec \"$SERVICE_COMMAND\" \"$@\"", "entrypoint"]
