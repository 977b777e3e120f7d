# Sinatra under Puma: a filter before each route.
require "json"
require "rack/utils"
require "sinatra/base"

WEBHOOKS = JSON.parse(File.read(ENV.fetch("WEBHOOKS")))
TOKEN = ENV.fetch("API_TOKEN")

class App < Sinatra::Base
  set :environment, :production

  before do
    content_type :json
    scheme, token = request.env.fetch("HTTP_AUTHORIZATION", "").split(" ", 2)
    known = scheme&.casecmp?("bearer") && Rack::Utils.secure_compare(TOKEN, token.to_s)
    headers("WWW-Authenticate" => "Bearer") unless known
    halt 401, problem(401, "Unauthorized", "A valid token is required.") unless known
  end

  get "/api/v2/instance/:instance_id/webhook" do
    WEBHOOKS.fetch(params["instance_id"], []).to_json
  end

  not_found { problem(404, "Not Found", "There is nothing here.") }

  def problem(status, error, message)
    { statusCode: status, error: error, message: message }.to_json
  end
end

run App
