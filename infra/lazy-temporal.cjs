// Takes the place of `temporal-polyfill` in the bundles: the same, loaded when it is first used. Most calls need no calendar, and a
// start is 3 ms shorter without it.
Object.defineProperty(exports, "Temporal", {
  enumerable: true,
  get: () => require("../node_modules/temporal-polyfill/index.js").Temporal,
});
