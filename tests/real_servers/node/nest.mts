// NestJS, the framework that the vendor seems to use: a guard, a controller, Nest's own errors.
import "reflect-metadata";
import {
  Controller, Get, Module, Param, UnauthorizedException, UseGuards,
  type CanActivate, type ExecutionContext,
} from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { FastifyAdapter } from "@nestjs/platform-fastify";
import { find, host, isToken, port } from "./store.mjs";

class BearerGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const http = context.switchToHttp();
    const [scheme, token = ""] = (http.getRequest().headers.authorization ?? "").split(" ");
    if (scheme.toLowerCase() === "bearer" && isToken(token)) return true;
    http.getResponse().header("WWW-Authenticate", "Bearer");
    throw new UnauthorizedException();
  }
}

@Controller("api/v2/instance")
@UseGuards(BearerGuard)
class WebhookController {
  @Get(":instanceId/webhook")
  findWebhook(@Param("instanceId") instanceId: string): object[] {
    return find(instanceId);
  }
}

@Module({ controllers: [WebhookController] })
class AppModule {}

const adapter = process.argv.includes("--fastify") ? new FastifyAdapter() : undefined;
const app = await NestFactory.create(AppModule, adapter, { logger: ["error"] });
await app.listen(port, host);
