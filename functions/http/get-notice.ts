import { noticeView } from "../../shared/api/views.ts";
import { ok } from "../../shared/domain/result.ts";
import { readNotice } from "../../shared/use-cases/read-notice.ts";
import { clock } from "../lib/deps/clock.ts";
import { noticeLinks as links } from "../lib/deps/notice-links.ts";
import { policy } from "../lib/deps/policy.ts";
import { requests } from "../lib/deps/requests.ts";
import { endpoint } from "../lib/endpoint.ts";

export const handler = endpoint("getNotice", async ({ principal, path }) => {
  const found = await readNotice({ requests, links, clock, policy }, principal, path);
  if (!found.ok) return found;
  const { notice, download } = found.value;
  return ok({ body: { ...noticeView(notice), download } });
});
