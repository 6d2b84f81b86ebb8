# One image for every role: web (the default), worker, clock, migrations. See docker-compose.yml.
ARG PYTHON=3.12

FROM python:${PYTHON}-slim AS build
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
RUN pip install --no-cache-dir uv==0.13.9
WORKDIR /app
# The dependencies first: they change seldom, so this layer is kept.
COPY pyproject.toml uv.lock ./
RUN uv venv /app/.venv \
    && uv export --frozen --no-dev --extra s3 --no-emit-project --format requirements-txt --output-file /tmp/requirements.txt \
    && uv pip sync --require-hashes --python /app/.venv/bin/python /tmp/requirements.txt
COPY . .
# Compiled here, because /app is not written to afterwards.
RUN DATA_DIR=/tmp/build .venv/bin/python manage.py catalogue --compile && rm -rf /tmp/build

FROM python:${PYTHON}-slim
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DATA_DIR=/data PORT=8000
RUN groupadd --system --gid 10001 badges \
    && useradd --system --uid 10001 --gid badges --home-dir /data --no-create-home badges \
    && install --directory --owner badges --group badges --mode 750 /data
WORKDIR /app
COPY --from=build /app /app
USER badges
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=90s --retries=4 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f\"http://127.0.0.1:{os.environ['PORT']}/readyz\", timeout=4)"]
CMD ["python", "manage.py", "serve", "--host", "0.0.0.0"]
