const ESCAPES = /\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b[@-Z\\-_]/g;
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Text from outside, made safe for a terminal: no escape sequence, no control character, no change of direction. */
export const printable = (text: string): string => text.replace(ESCAPES, '').replace(CONTROLS, '');
