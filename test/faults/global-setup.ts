import { bundle } from "../../infra/bundle.ts";

/** The functions as they are now, for the pocket clouds that these tests start and kill. */
export default async function setup(): Promise<void> {
  await bundle();
}
