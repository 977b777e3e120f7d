vcl 4.1;
# Varnish with its built-in rules: what carries credentials is not cached.
backend default {
    .host = "127.0.0.1";
    .port = "$BEHIND";
}
