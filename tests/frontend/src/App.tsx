// The screen of an instance's webhooks. The address says who asks, and for what: /?client=axios&instance=demo
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Refused, withAxios, withFetch, withOpenapiFetch, type Webhook } from "./clients";
import { useSwr, useTanStack } from "./hooks";

interface Shown {
  data?: Webhook[];
  error?: unknown;
}

/** What people write first: no library, an effect. */
function useEffectOf(ask: typeof withFetch, instance: string): Shown {
  const [shown, show] = useState<Shown>({});
  useEffect(() => {
    const leaving = new AbortController();
    ask(instance, leaving.signal).then(
      (data) => show({ data }),
      (error: unknown) => leaving.signal.aborted || show({ error }),
    );
    return () => leaving.abort();
  }, [ask, instance]);
  return shown;
}

const CLIENTS: Record<string, (instance: string) => Shown> = {
  fetch: (instance) => useEffectOf(withFetch, instance),
  axios: (instance) => useEffectOf(withAxios, instance),
  "openapi-fetch": (instance) => useEffectOf(withOpenapiFetch, instance),
  tanstack: useTanStack,
  swr: useSwr,
  "tanstack as it comes": (instance) => useQuery({ queryKey: [instance], queryFn: () => withFetch(instance) }),
};

function told(error: unknown): string {
  if (!(error instanceof Refused)) {
    const lost = error instanceof Error && /fetch|Network/.test(error.message);
    return lost ? "You are offline" : "The answer cannot be read";
  }
  if (error.status === 401) return "Please sign in (401)";
  if (error.status === 429) return `Too many requests (429), again in ${error.retryAfter} s`;
  return `The server failed (${error.status})`;
}

export function App() {
  const asked = new URLSearchParams(location.search);
  const useClient = CLIENTS[asked.get("client") ?? "fetch"];
  const { data, error } = useClient(asked.get("instance") ?? "demo");
  if (error) return <p role="alert">{told(error)}</p>;
  if (!data) return <p role="status">Loading…</p>;
  if (data.length === 0) return <p>No webhook yet</p>;
  return (
    <ul>
      {data.map((webhook) => (
        <li key={webhook.webhookId}>
          {webhook.name} {webhook.enabled === undefined ? "" : webhook.enabled ? "on" : "off"}
        </li>
      ))}
    </ul>
  );
}
