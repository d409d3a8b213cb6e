// Video files for the tests of islands/: test pictures that move, with a tone or without.

import type { FileBytes } from "./_picture_files.ts";

/** What is asked of a video. */
export interface VideoWish {
  width: number;
  height: number;
  rate: number;
  seconds: number;
  hasSound: boolean;
}

/** A WebM file of moving test pictures, by the system's ffmpeg. */
export async function testVideo(wish: VideoWish): Promise<FileBytes> {
  const { width, height, rate, seconds, hasSound } = wish;
  const picture = `testsrc2=size=${width}x${height}:rate=${rate}:duration=${seconds}`;
  const tone = ["-f", "lavfi", "-i", `sine=440:duration=${seconds}`, "-c:a", "libopus"];
  const { success, stdout, stderr } = await new Deno.Command("ffmpeg", {
    args: [
      ...["-v", "error", "-f", "lavfi", "-i", picture, ...(hasSound ? tone : [])],
      ...["-c:v", "libvpx", "-b:v", "500k", "-f", "webm", "-cues_to_front", "1", "pipe:1"],
    ],
    stdin: "null",
  }).output();
  if (!success) throw new Error(`Cannot make a video: ${new TextDecoder().decode(stderr)}`);
  return stdout;
}

/** What a video file holds, by the system's ffprobe: its streams' codecs, and frames as they are counted by decoding. */
export async function probeVideo(path: string): Promise<{ codecs: string[]; frames: number }> {
  const { stdout } = await new Deno.Command("ffprobe", {
    args: [
      ...["-v", "error", "-count_frames", "-of", "json"],
      ...["-show_entries", "stream=codec_type,codec_name,nb_read_frames", path],
    ],
    stdin: "null",
  }).output();
  const { streams } = JSON.parse(new TextDecoder().decode(stdout)) as {
    streams: { codec_type: string; codec_name: string; nb_read_frames: string }[];
  };
  const video = streams.find(({ codec_type }) => codec_type === "video");
  return {
    codecs: streams.map(({ codec_name }) => codec_name),
    frames: Number(video?.nb_read_frames ?? 0),
  };
}
