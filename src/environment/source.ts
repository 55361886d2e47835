/** The files of a project that go into an image. */
export interface Source {
  /** Absolute path of the project. */
  dir: string;
  /** Paths relative to it, sorted. */
  files: readonly SourceFile[];
  /** Of all paths, kinds and contents. */
  digest: string;
  /** Bytes. */
  size: number;
}

export interface SourceFile {
  path: string;
  kind: 'file' | 'link';
  executable: boolean;
}
