# Mojolicious::Lite under its own daemon: `under` guards what follows.
use Mojolicious::Lite -signatures;
use Mojo::File qw(path);
use Mojo::JSON qw(decode_json);
use Mojo::Util qw(secure_compare);

my $webhooks = decode_json path($ENV{WEBHOOKS})->slurp;

under sub ($c) {
  my $given = $c->req->headers->authorization // '';
  return 1 if secure_compare $given, "Bearer $ENV{API_TOKEN}";
  $c->res->headers->www_authenticate('Bearer');
  my $problem = {statusCode => 401, error => 'Unauthorized', message => 'A valid token is required.'};
  $c->render(json => $problem, status => 401);
  return undef;
};

get '/api/v2/instance/:instance_id/webhook' => sub ($c) {
  $c->render(json => $webhooks->{$c->param('instance_id')} // []);
};

app->log->level('error');
app->start;
