/** The version of this system's C library, e.g. `2.36`; undefined where it is another one (musl), or none (macOS). */
export function glibcVersion(): string | undefined {
  const { header } = process.report.getReport() as unknown as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime;
}
