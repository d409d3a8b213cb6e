// What ffmpeg says while it decodes: the time of each frame as its `showinfo` filter prints it, and complaints.

/** What is known of a frame besides its pixels. */
export interface FrameMark {
  /** From where reading began; undefined if the container has no times. */
  seconds: number | undefined;
  isKey: boolean;
}

/** The marks of the frames in order, as they come in. */
export interface DecoderLog {
  /** The next frame's mark; undefined when ffmpeg has said its last. */
  next(): Promise<FrameMark | undefined>;
  /** Settles when ffmpeg has said its last. */
  end: Promise<void>;
}

const mark = /^\[Parsed_showinfo\S* @ .*\bn: *\d+ pts: *\S+ pts_time:(\S+).*\biskey:(\d)/;
const complaint = /(?:^|\] )\[(?:error|fatal|panic)\] (.*?)\.?$/;

/** The mark in a line of `showinfo`, or undefined if it is another line. */
export function findMark(line: string): FrameMark | undefined {
  const [, time, key] = mark.exec(line) ?? [];
  if (time === undefined) return undefined;
  const seconds = Number(time);
  return { seconds: Number.isFinite(seconds) ? seconds : undefined, isKey: key === "1" };
}

/**
 * Reads ffmpeg's words (`-loglevel level+info`) as fast as they come, for a full pipe of words would stop its frames.
 * Errors among them are counted in `complaints`.
 */
export function readDecoderLog(
  stream: ReadableStream<Uint8Array>,
  complaints: { count: number; first: string | undefined },
): DecoderLog {
  const marks: FrameMark[] = [];
  let ended = false, wake = () => {};
  const end = readLines(stream, (line) => {
    const found = findMark(line);
    if (found) {
      marks.push(found);
      wake();
    } else {
      const words = complaint.exec(line)?.[1];
      if (words === undefined) return;
      complaints.count++;
      complaints.first ??= words;
    }
  }).finally(() => {
    ended = true;
    wake();
  });
  return {
    end,
    async next() {
      while (marks.length === 0 && !ended) {
        await new Promise<void>((resolve) => wake = resolve);
      }
      return marks.shift();
    },
  };
}

async function readLines(
  stream: ReadableStream<Uint8Array>,
  take: (line: string) => void,
): Promise<void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of stream) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) take(line);
  }
  if (rest) take(rest);
}
