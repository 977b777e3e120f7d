// Every state of the screen, with every client, on a page of another origin than the mock's.
import { expect, test, type Page } from "@playwright/test";
import { writeFile } from "node:fs/promises";

const MOCK = "http://127.0.0.1:8080";
const CLIENTS = ["fetch", "axios", "openapi-fetch", "tanstack", "swr"];

const open = (page: Page, client: string, instance: string) =>
  page.goto(`/?${new URLSearchParams({ api: MOCK, client, instance })}`);

test.beforeEach(async ({ page, request }) => {
  await request.post(`${MOCK}/__mock/reset`);
  page.on("pageerror", (error) => expect(error, "the page broke").toBeUndefined());
});

const STATES: Record<string, string> = {
  unauthorized: "Please sign in (401)",
  "server-error": "The server failed (500)",
  "rate-limited": "Too many requests (429), again in",
  offline: "You are offline",
};

const LIES: Record<string, string> = {
  "truncated-json": "The answer cannot be read",
  wrapped: "The answer cannot be read",
  "epoch-date": "The answer cannot be read",
  "cut-body": "The answer cannot be read|You are offline",
  forbidden: "The server failed (403)",
};

for (const client of CLIENTS) {
  test.describe(client, () => {
    test("lists", async ({ page }) => {
      await open(page, client, "many");
      await expect(page.getByRole("listitem")).toHaveCount(50);
    });

    test("does not make up a flag that was not said", async ({ page }) => {
      await open(page, client, "minimal");
      await expect(page.getByRole("listitem")).toHaveText("minimal");
    });

    test("has nothing to list", async ({ page }) => {
      await open(page, client, "empty");
      await expect(page.getByText("No webhook yet")).toBeVisible();
    });

    test("waits", async ({ page }) => {
      await open(page, client, "slow");
      await expect(page.getByRole("status")).toHaveText("Loading…");
      await expect(page.getByRole("listitem")).toHaveCount(1);
    });

    test("meets a server that works every other time", async ({ page }) => {
      await open(page, client, "flaky");
      await expect(page.getByRole("alert").or(page.getByRole("listitem"))).toBeVisible();
    });

    for (const [instance, text] of Object.entries(STATES)) {
      test(`tells of ${instance}`, async ({ page }) => {
        await open(page, client, instance);
        await expect(page.getByRole("alert")).toContainText(text);
      });
    }

    for (const [lie, text] of Object.entries(LIES)) {
      test(`survives lie=${lie}`, async ({ page, request }) => {
        await request.put(`${MOCK}/__mock/preferences`, { data: { prefer: `lie=${lie}` } });
        await open(page, client, "demo");
        const told = new RegExp(text.replace(/[()]/g, "\\$&"));
        await expect(page.getByRole("alert")).toHaveText(told);
      });
    }
  });
}

const asked = async (page: Page) => {
  const journal = await (await page.request.get(`${MOCK}/__mock/journal.har`)).json();
  return journal.log.entries.filter((entry: any) => entry.request.method === "GET");
};

test("under StrictMode SWR asks once, all others once or twice: the first request is left at once", async ({ page, request }) => {
  const counts: Record<string, number> = {};
  for (const client of CLIENTS) {
    await request.post(`${MOCK}/__mock/reset`);
    await open(page, client, "demo");
    await expect(page.getByRole("listitem")).toHaveCount(1);
    counts[client] = (await asked(page)).length;
  }
  expect(counts.swr).toBe(1);
  expect(Math.max(...Object.values(counts))).toBeLessThanOrEqual(2);
});

test("TanStack Query as it comes asks three times more before it tells an error", async ({ page }) => {
  await open(page, "tanstack as it comes", "server-error");
  await expect(page.getByRole("status")).toHaveText("Loading…");
  await expect(page.getByRole("alert")).toContainText("500", { timeout: 25_000 });
  expect(await asked(page)).toHaveLength(4);
});

test("Chromium sends a request that is under way once more only after its answer", async ({ page }) => {
  await open(page, "fetch", "empty");
  await expect(page.getByText("No webhook yet")).toBeVisible();
  await page.request.post(`${MOCK}/__mock/reset`);
  await page.evaluate(async (url) => {
    const headers = { Authorization: "Bearer demo-token", Prefer: "delay=1000" };
    await Promise.all([fetch(url, { headers }), fetch(url, { headers })]);
  }, `${MOCK}/api/v2/instance/demo/webhook`);
  const [first, second] = (await asked(page)).map((entry: any) => Date.parse(entry.startedDateTime));
  expect(second - first).toBeGreaterThanOrEqual(990);
});

test("a page of another origin creates a webhook, and lists it", async ({ page }) => {
  await open(page, "fetch", "shop");
  await expect(page.getByText("No webhook yet")).toBeVisible();
  const status = await page.evaluate(async (url) => {
    const headers = { Authorization: "Bearer demo-token", "Content-Type": "application/json" };
    const body = JSON.stringify({ name: "orders", url: "https://hooks.example.com/orders", enabled: true });
    return (await fetch(url, { method: "POST", headers, body })).status;
  }, `${MOCK}/api/v2/instance/shop/webhook`);
  await page.reload();

  expect(status).toBe(201);
  await expect(page.getByRole("listitem")).toHaveText("orders on");
});

test("a recording replays at another origin, packed answers too", async ({ page, request }, info) => {
  for (const instance of ["many", "unauthorized", "many"]) {
    await open(page, "fetch", instance);
    await expect(page.getByRole("listitem").or(page.getByRole("alert")).first()).toBeVisible();
  }
  const file = info.outputPath("webhooks.har");
  await writeFile(file, await (await request.get(`${MOCK}/__mock/journal.har`)).body());
  await request.put(`${MOCK}/__mock/preferences`, { data: { prefer: "lie=dropped" } });
  await page.routeFromHAR(file, { url: "**/api/**", notFound: "abort" });

  await open(page, "fetch", "many");
  await expect(page.getByRole("listitem")).toHaveCount(50);
  await open(page, "axios", "unauthorized");
  await expect(page.getByRole("alert")).toContainText("sign in");
  await open(page, "fetch", "other");
  await expect(page.getByRole("alert")).toHaveText("You are offline");
});
