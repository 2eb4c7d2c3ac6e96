# The mall's one image: web, worker, beat and the migrations differ by their command only (docker-compose.yml).
FROM python:3.11-slim-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends gettext && rm -rf /var/lib/apt/lists/*
RUN python -m venv /venv
COPY requirements.lock /
RUN /venv/bin/pip install --no-cache-dir --require-hashes -r /requirements.lock
COPY . /mall
WORKDIR /mall
RUN find locale -name '*.po' -execdir msgfmt --check -o django.mo {} ';'
# The settings want every value by name; none of these is used to gather the static files, or kept.
RUN SECRET_KEY=build ALLOWED_HOSTS=build DATABASE_URL=postgresql://build REDIS_URL=redis://build \
    EMAIL_URL=dummymail:// DEFAULT_FROM_EMAIL=build@example.com \
    MALL_URL=http://build SMS_PROVIDER=aliyun SMS_URL=http://build SMS_KEY_ID=build SMS_KEY_SECRET=build \
    SMS_SIGN_NAME=build SMS_RECEIPT_KEY=build \
    SENDER_PHONE=build KDNIAO_URL=http://build KDNIAO_BUSINESS_ID=build KDNIAO_APP_KEY=build \
    /venv/bin/python manage.py collectstatic --noinput && python -m compileall -q .

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --no-create-home mall
COPY --from=build /venv /venv
COPY --from=build /mall /mall
WORKDIR /mall
RUN mkdir media && chown mall media
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 WEB_HOST=0.0.0.0
USER mall
EXPOSE 8000
CMD ["python", "-m", "gunicorn", "--config", "python:config.gunicorn", "config.wsgi"]
