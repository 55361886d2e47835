/** Where a screen is read out, or the cursor cannot be moved, nothing is drawn twice: questions are lines, answers are typed. */
export const isReadOut = (env: Readonly<Record<string, string | undefined>>): boolean => env.TERM === 'dumb';
