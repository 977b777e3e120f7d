<?php
// PHP without a framework, under its own development server: one front controller.
declare(strict_types=1);

function answer(int $status, array $body): never
{
    http_response_code($status);
    header('Content-Type: application/json');
    exit(json_encode($body, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE));
}

function refuse(int $status, string $error, string $message): never
{
    answer($status, ['statusCode' => $status, 'error' => $error, 'message' => $message]);
}

$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
if (!preg_match('~^/api/v2/instance/([^/]+)/webhook$~', (string) $path, $match)) {
    refuse(404, 'Not Found', 'There is nothing here.');
}
if (!in_array($_SERVER['REQUEST_METHOD'], ['GET', 'HEAD'], true)) {
    header('Allow: GET, HEAD');
    refuse(405, 'Method Not Allowed', 'Only GET is known here.');
}
if (!hash_equals('Bearer ' . getenv('API_TOKEN'), $_SERVER['HTTP_AUTHORIZATION'] ?? '')) {
    header('WWW-Authenticate: Bearer');
    refuse(401, 'Unauthorized', 'A valid token is required.');
}
$webhooks = json_decode(file_get_contents(getenv('WEBHOOKS')), true);
answer(200, $webhooks[rawurldecode($match[1])] ?? []);
