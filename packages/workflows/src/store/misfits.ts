/**
 * Ends the reason why a run is parked that does not fit the code of the instance which took it up, where that has another
 * version than the one in which the run began. By it the run is found. It stands in an index: never to be changed.
 *
 * A column of its own would break what instances of an earlier release have prepared on this table.
 */
export const goesOnElsewhere = "It goes on by itself where the code has the version with which it began.";

/** The condition for runs that wait for an instance whose code fits. As the index has it, so that it is used. */
export const isMisfit = `parked like '%${goesOnElsewhere}' and owner is null and finished_at is null`;
