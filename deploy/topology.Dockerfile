# The one-shot command that declares the streams.
# Built from the project's root: docker build -f deploy/topology.Dockerfile .
FROM python:3.13-slim-trixie AS build
ENV UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1 UV_PROJECT_ENVIRONMENT=/app
WORKDIR /src
COPY tools/uv.txt ./
RUN python3 -m venv /uv && /uv/bin/pip install --quiet --no-cache-dir --require-hashes -r uv.txt
# First what the lock names, which changes rarely; then the service itself.
COPY pyproject.toml uv.lock ./
COPY shared/pyproject.toml shared/
COPY shared/flow/pyproject.toml shared/flow/
COPY services/scraper/pyproject.toml services/scraper/
COPY services/etl/pyproject.toml services/etl/
COPY services/stream-api/pyproject.toml services/stream-api/
COPY services/trakt-export/pyproject.toml services/trakt-export/
COPY demo/pyproject.toml demo/
RUN /uv/bin/uv sync --frozen --no-dev --no-install-workspace --package cinestream
COPY shared shared
RUN /uv/bin/uv sync --frozen --no-dev --no-editable --package cinestream

FROM python:3.13-slim-trixie
COPY --from=build /app /app
ENV PATH=/app/bin:$PATH PYTHONUNBUFFERED=1
USER 10001:10001
ENTRYPOINT ["cinestream-topology"]
