/** Makes the rows of results.json out of what the rounds found: medians, percentiles, and how far the rounds lay apart. */
import { medianOf, spreadOf } from "./waiting.mjs";

const rounded = (value, digits = 3) => Number(value.toFixed(digits));
const eachOf = (byId, row) => Object.fromEntries(Object.entries(byId).map(([id, rounds]) => [id, row(rounds)]).filter(([, found]) => found !== undefined));

/** Percentiles are of all rounds together; `roundsP50` says how steady they were. */
export function latencyOf(byId) {
  return eachOf(byId, (rounds) => ({
    idle: timesOf(rounds.map(({ idle }) => idle.times)),
    idleCpuMsPerUpdate: rounded(medianOf(rounds.map(({ idle }) => idle.cpuMsPerUpdate))),
    busy: busyOf(rounds.map(({ busy }) => busy).filter(Boolean)),
  }));
}

function timesOf(rounds) {
  return { ...spreadOf(rounds.flat()), roundsP50: rounds.map((times) => spreadOf(times).p50) };
}

function busyOf(rounds) {
  if (rounds.length === 0) return undefined;
  const cpuMsPerUpdate = rounded(medianOf(rounds.map((one) => one.cpuMsPerUpdate)));
  return {
    ...timesOf(rounds.map(({ times }) => times)),
    updatesPerSecond: Math.round(medianOf(rounds.map((one) => one.updatesPerSecond))), seenShare: rounded(Math.min(1, medianOf(rounds.map((one) => one.seenShare))), 2),
    cpuMsPerUpdate, updatesPerCpuSecond: Math.round(1_000 / cpuMsPerUpdate),
  };
}

/** By the number of lines. */
export function localOf(byId) {
  return eachOf(byId, (rounds) => {
    const found = rounds.find(({ local }) => local !== undefined)?.local;
    return found && Object.fromEntries(Object.entries(found).map(([lines, times]) => [lines, spreadOf(times)]));
  });
}

export function pagesOf(byId) {
  return eachOf(byId, ({ firstMs, againMs, keptBytes }) => ({ firstMs: spreadOf(firstMs, 0), againMs: spreadOf(againMs, 0), keptBytes: medianOf(keptBytes) }));
}

export function spreadsOf(byId) {
  return eachOf(byId, (times) => spreadOf(times, 1));
}

export function tagsOf(tags) {
  return tags.map(({ mainThreadMs, ...tag }) => ({ ...tag, mainThreadMs: spreadOf(mainThreadMs, 1) }));
}
