import { describe, expect, test } from "vitest";
import { servicesFor } from "../../../functions/pages/look-up/words.ts";
import { policy } from "../../../shared/policy/policy.ts";

const idsFor = (text: string) => servicesFor(text, policy.rules).services.map(({ id }) => id);

describe("a category by a few words", () => {
  test.each([
    ["physical therapy", "outpatient-therapy"],
    ["PHYSICAL Therapies", "outpatient-therapy"],
    ["mri", "imaging-mri-mra"],
    ["MRIs", "imaging-mri-mra"],
    ["ambulances", "non-emergent-ambulance"],
    ["prosth", "dme-prosthetics-orthotics"],
    ["the drug", "drug"],
    ["urine drug testing", "urine-drug-testing"],
  ])("%j finds %s", (text, id) => {
    expect(idsFor(text)).toContain(id);
    expect(servicesFor(text, policy.rules).complete).toBe(true);
  });

  test("every word must be there: therapy at home is not every therapy", () => {
    const therapies = idsFor("therapy");
    const home = idsFor("home therapy");
    expect(home).toContain("home-care");
    expect(home.length).toBeLessThan(therapies.length);
  });

  test("a name counts more than what explains it", () => {
    const services = [
      { id: "a", name: "Other", group: "", meaning: "Everything but oxygen" },
      { id: "b", name: "Oxygen", group: "", meaning: "Air" },
    ];
    expect(servicesFor("oxygen", services).services.map(({ id }) => id)).toEqual(["b", "a"]);
  });

  test("a word begins a word: its middle finds nothing", () => {
    expect(idsFor("bulance")).toEqual([]);
  });

  test("when no category has all words, those with the most of them are shown as such", () => {
    const { services, complete } = servicesFor("physical zeppelin", policy.rules);
    expect(complete).toBe(false);
    expect(services.map(({ id }) => id)).toContain("outpatient-therapy");
    expect(servicesFor("zeppelin", policy.rules)).toEqual({ services: [], complete: false });
  });

  test("words that say nothing find nothing", () => {
    expect(idsFor("of the")).toEqual([]);
  });
});
