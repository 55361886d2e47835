import stringWidth from 'fast-string-width';

/** Places that a text takes on a terminal. Most texts are ASCII, which needs no measuring. */
export const placesOf = (text: string): number => (/^[ -~]*$/.test(text) ? text.length : stringWidth(text));
