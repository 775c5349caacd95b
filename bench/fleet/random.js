/** Of a wait for what happens `1 / mean` times in a unit of time, by chance. */
export const exponential = (mean, random) => -mean * Math.log(1 - random());
