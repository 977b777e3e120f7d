// MSW's worker answers from the recording, as it does in Storybook.
import { expect, test } from "@playwright/test";

test("a worker answers what was recorded, while the mock says nothing", async ({ page, request }) => {
  await request.put("http://127.0.0.1:8080/__mock/preferences", { data: { prefer: "lie=dropped" } });
  await page.goto("/?worker");
  await expect(page.getByRole("listitem")).toHaveText("crm on");
});
