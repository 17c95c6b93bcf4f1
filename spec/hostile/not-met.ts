/**
 * Cases that take longer than they may, each with the reason. `npm run hostile` leaves them out and prints them; chosen by a word of
 * their name they run, and fail.
 */
export const NOT_MET: Readonly<Record<string, string>> = {};
