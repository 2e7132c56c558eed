import { bundle } from "../../infra/bundle.ts";

/** The functions as they are now, for the pocket clouds that these tests start and kill; unless another setup of this run has bundled them. */
export default async function setup(): Promise<void> {
  if (process.env.FUNCTIONS_BUNDLED !== "yes") await bundle();
}
