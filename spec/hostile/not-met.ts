/**
 * Cases that exceed their time limit, each with the reason. `npm run hostile` leaves them out and prints them; if
 * selected by a word of their name they run, and fail.
 */
export const NOT_MET: Readonly<Record<string, string>> = {
  'module: a memory that grows page by page to n pages, instrumented':
    'V8 collects garbage at each growth of a large memory, 10 ms each, as it does for the module itself; schedule fuel-1 asks 23,600 for it',
};
