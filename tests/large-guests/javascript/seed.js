// QuickJS takes the seed of `Math.random` when the component is built: every
// check would see the same numbers. Here they come from the host instead, whose
// randomness follows from the id of the check.

import random from "wasi:random/random@0.2.0";

const BITS = 53; // of a number between 0 and 1

Math.random = () => {
    const bytes = random.getRandomBytes(8);
    const high = (bytes[0] & 0x1f) * 2 ** 48;
    const low = bytes.slice(1, 7).reduce((number, byte) => number * 256 + byte, 0);
    return (high + low) / 2 ** BITS;
};
