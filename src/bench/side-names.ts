import type {Bench} from '../contract/bench.js';

interface Names {
  host: string;
  container: string;
  /** Of a report. */
  title: string;
}

const NAMES: Readonly<Record<Bench['against'], Names>> = {
  host: {host: 'host', container: 'container', title: 'Container against host'},
  image: {host: 'first', container: 'second', title: 'Second image against the first'},
  plain: {host: 'plain', container: 'gpudock', title: 'gpudock against plain docker'},
};

/** What readers call the two sides, which the document calls host and container whatever they are. */
export const sideNames = ({against}: Pick<Bench, 'against'>): Names => NAMES[against];
