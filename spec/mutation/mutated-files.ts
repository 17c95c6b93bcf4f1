/** Passes the files of a round, separated by commas, to the process that runs the specs. */
export const MUTATED_FILES = 'ASSAY_MUTATED_FILES';
