// A run of bytes in memory that somebody else owns.

@final
export class Span {
  constructor(
    public at: usize,
    public length: u32,
  ) {}

  get end(): usize {
    return this.at + this.length;
  }
}
