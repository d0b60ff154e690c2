package org.sparkmto.preprocessing.nyuv2;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sparkmto.options.Entry;
import org.sparkmto.preprocessing.ChosenDataset;
import org.sparkmto.preprocessing.RawContents;
import org.sparkmto.preprocessing.RawDataset;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.RefusedSample;
import org.sparkmto.preprocessing.SampleReader;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.storage.HadoopDefaults;

/** Reads raw data as a job would, without Spark. */
final class RawScenes {
  private final RawContents contents;
  private final RawFiles files;

  private RawScenes(RawContents contents, RawFiles files) {
    this.contents = contents;
    this.files = files;
  }

  static RawScenes of(Entry<RawDataset> dataset, Path directory, String options)
      throws IOException {
    RawFiles files = new RawFiles(HadoopDefaults.copy());
    org.apache.hadoop.fs.Path root = files.directory(directory.toString());
    return new RawScenes(
        ChosenDataset.of(dataset, ConfigFactory.parseString(options))
            .dataset()
            .list(root, files.within(root)),
        files.within(root));
  }

  RawContents contents() {
    return contents;
  }

  List<String> ids(String split) {
    return contents.samples().stream()
        .filter(sample -> sample.split().equals(split))
        .map(RawSample::id)
        .toList();
  }

  /** What a sample is decoded to. */
  List<byte[]> read(String id) throws IOException, UnreadableSampleException {
    RawSample sample =
        contents.samples().stream().filter(each -> each.id().equals(id)).findFirst().orElseThrow();
    try (SampleReader reader = contents.opener().open(files)) {
      return reader.read(sample);
    }
  }

  /** Everything that goes to quarantine, from the lists or on reading. */
  Map<String, Reason> bad() throws IOException {
    Map<String, Reason> bad = new LinkedHashMap<>();
    for (RefusedSample refused : contents.refused()) {
      bad.put(refused.id(), refused.reason());
    }
    try (SampleReader reader = contents.opener().open(files)) {
      for (RawSample sample : contents.samples()) {
        try {
          reader.read(sample);
        } catch (UnreadableSampleException e) {
          bad.put(sample.id(), e.reason());
        }
      }
    }
    return bad;
  }

  static float[] floats(byte[] bytes) {
    float[] values = new float[bytes.length / 4];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }

  static short[] shorts(byte[] bytes) {
    short[] values = new short[bytes.length / 2];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer().get(values);
    return values;
  }

  static void write(Path file, byte[] content) throws IOException {
    Files.createDirectories(file.getParent());
    Files.write(file, content);
  }
}
