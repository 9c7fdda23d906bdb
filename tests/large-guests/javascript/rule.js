// A rule for the tests of large guests: the same as rule.py beside it. It asks
// the host for the applicant's standing, and says in its explanation what its
// runtime has for time and chance, so that two runs can be compared; no rule of
// a department would. The attribute `behaviour` makes it do what a host has to
// stop.

import "./seed.js";

import credit from "creditgate:plugin/credit@1.0.0";
import log from "creditgate:plugin/log@1.0.0";

const BEHAVIOURS = {
    break() {
        throw new Error("the rule gave up");
    },
    fail() {
        throw { code: "no-verdict", message: "the rule chose to fail" };
    },
    "loop-forever"() {
        for (;;);
    },
    "eat-memory"() {
        const eaten = [];
        for (;;) eaten.push(new Uint8Array(1 << 20));
    },
    "recurse-forever"() {
        const recurse = (depth) => recurse(depth + 1) + 1;
        recurse(0);
    },
};

export const intake = {
    onIntake(application) {
        const behaviour = application.attributes.find(([name]) => name === "behaviour");
        if (behaviour) BEHAVIOURS[behaviour[1]]();
        const ambient = `now=${Date.now()} random=${Math.random()}`;
        log.write("info", `intake of ${application.item}`);
        const standing = credit.standingOf(application.parties[0].id, null);
        return {
            outcome: standing.spoiledBy.length === 0 ? "proceed" : "manual-review",
            dispositions: [],
            grounds: [],
            advice: [],
            commitment: null,
            explanation: ambient,
        };
    },
};
