/** Text as HTML shows it, and never as HTML: units, names and versions come from outside. */
export const safe = (text: string): string => text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`);
