# The mock alone, in two steps: what builds it does not stay in the image.
#
#     docker build -t find-webhook-mock .
#     docker run --rm --read-only -p 127.0.0.1:8080:8080 -v "$PWD/my-states:/fixtures:ro" find-webhook-mock
#
# Flags of mock-server may follow. Ctrl-C and `docker stop` end it; the exit code is 0.
FROM python:3.13-slim AS build
WORKDIR /kit
COPY . .
RUN python -m pip install --no-cache-dir --no-compile --prefix /installed --constraint constraints.txt .

FROM python:3.13-slim
COPY --from=build /installed /usr/local
# Without a volume the folder is there and empty, and the built-in states are served.
RUN mkdir /fixtures
USER 65534:65534
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
EXPOSE 8080
VOLUME ["/fixtures"]
HEALTHCHECK --interval=5s --timeout=3s --start-period=10s CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8080/__mock/health', timeout=2)"]
ENTRYPOINT ["mock-server", "--host", "0.0.0.0", "--port", "8080", "--fixtures", "/fixtures"]
