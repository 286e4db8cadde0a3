# The app and its trainer in one image; docs/elsewhere.md says how to use it.
FROM python:3.11-slim

# 1: with training on this computer. 0: without it, several GB smaller.
ARG LOCAL=1

# openai checks certificates against the system's list, which slim images lack.
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /app
COPY requirements.txt requirements-local.txt requirements-fast.txt ./
RUN pip install --no-cache-dir -r requirements.txt \
    && if [ "$LOCAL" != 0 ]; then \
         pip install --no-cache-dir -r requirements-local.txt -r requirements.txt; \
       fi \
    && (pip install --no-cache-dir --only-binary :all: -r requirements-fast.txt || true)
COPY . .

RUN useradd --create-home --uid 1000 tonesmith \
    && mkdir /data \
    && chown tonesmith:tonesmith /data
USER tonesmith

# Nothing is installed into a running container: it would be gone with the container.
ENV TONESMITH_HOME=/data \
    TONESMITH_LOCAL=$LOCAL \
    STREAMLIT_SERVER_ADDRESS=0.0.0.0 \
    STREAMLIT_SERVER_PORT=8501 \
    STREAMLIT_SERVER_HEADLESS=true \
    PYTHONUNBUFFERED=1
VOLUME /data
EXPOSE 8501

HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["python", "-c", "from urllib.request import ProxyHandler, build_opener; build_opener(ProxyHandler({})).open('http://127.0.0.1:8501/_stcore/health', timeout=4)"]

CMD ["python", "serve.py"]
