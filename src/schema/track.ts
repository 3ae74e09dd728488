import { integer, oneOf, seconds, word, words } from "./kinds.ts";
import { tolerated, wanted } from "./kinds-options.ts";
import { factor, initialValue } from "./kinds-track.ts";
import { type BlockOf, defineBlock, flag, leaf, list } from "./row.ts";

const NO_WEIGHT = { weight: 0, reverse: false };

/** `track_file NAME`: a file whose number counts. */
export const trackFile = defineBlock({
  keyword: "track_file",
  header: { name: word },
  identity: (file) => file.name,
  rows: {
    file: leaf(wanted(word), { required: true, firstWins: true, doc: "The file.", since: "2.0.0" }),
    weight: leaf(wanted(factor), {
      default: { weight: 1, reverse: false },
      firstWins: true,
      doc: "What its number is multiplied with; with 0 any other number than 0 is a fault.",
      since: "0.5.3",
    }),
    init_file: leaf(initialValue, {
      doc: "Make the file with this number, or write it there with overwrite.",
      since: "2.0.0",
    }),
  },
});

/** The longest time that a process may be gone or new, in seconds. */
const LONGEST_DELAY = 3_600;
const delay = seconds(0.000_001, LONGEST_DELAY);
const processes = integer(1, 65_535);

/** `vrrp_track_process NAME`: a program that has to run. */
export const trackProcess = defineBlock({
  keyword: "vrrp_track_process",
  header: { name: word },
  identity: (process) => process.name,
  rows: {
    process: leaf(words("process [parameters]", 1, Number.POSITIVE_INFINITY), {
      required: true,
      firstWins: true,
      doc: "Name of the process, and what follows it on its command line.",
      since: "2.0.11",
    }),
    param_match: leaf(tolerated(oneOf("initial", "partial")), {
      doc: "Parameters need only be the first ones, or their beginning.",
      since: "2.0.16",
    }),
    weight: leaf(wanted(factor), {
      default: NO_WEIGHT,
      firstWins: true,
      doc: "Change of priority; 0 makes a failure a fault.",
      since: "0.5.3",
    }),
    quorum: leaf(processes, { default: 1, doc: "Fewest processes.", since: "1.1.16" }),
    quorum_max: leaf(integer(0, 65_535), { doc: "Most processes.", since: "2.0.16" }),
    delay: leaf(delay, { doc: "Both fork_delay and terminate_delay.", since: "2.0.11" }),
    fork_delay: leaf(delay, { doc: "Time before enough processes are up.", since: "2.0.16" }),
    terminate_delay: leaf(delay, { doc: "Time before too few processes are down.", since: "2.0.16" }),
    full_command: flag({ bare: true, doc: "Compare the whole command line.", since: "2.0.11" }),
  },
});

/** `track_group NAME`: instances that a static address, route or rule is tracked for. */
export const trackGroup = defineBlock({
  keyword: "track_group",
  header: { name: word },
  mayLackName: true,
  identity: (group) => group.name,
  rows: {
    group: list(word, {
      firstWins: true,
      required: true,
      doc: "Names of the instances.",
      since: "0.6.4",
    }),
  },
});

export type TrackFile = BlockOf<typeof trackFile>;
export type TrackProcess = BlockOf<typeof trackProcess>;
export type TrackGroup = BlockOf<typeof trackGroup>;
