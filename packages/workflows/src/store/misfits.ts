const goesOn = "It goes on by itself where";

/**
 * How the reasons end of runs that are parked because they do not fit the instance which took them up. By that they are found;
 * it stands in an index, and is never to be changed. A column of its own would break what instances of earlier releases have
 * prepared on this table.
 */
export const misfitEndings = {
  /** The instance has another version of the code than the one with which the run began. */
  otherVersion: `${goesOn} the code has the version with which it began.`,
  /** It has that version: another one has gone on with the run meanwhile, or the instances differ in their handlers or secrets. */
  sameVersion: `${goesOn} another instance has what is missing.`,
};

/** The condition for runs that wait for an instance which fits. As the index has it, so that it is used. */
export const isMisfit = `parked like '%${goesOn}%' and owner is null and finished_at is null`;
