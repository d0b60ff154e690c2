package org.sparkmto.network;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.sparkmto.architecture.Architectures;
import org.sparkmto.data.ContentDigest;

/** TorchScript files that {@code export.py} wrote with several versions of PyTorch. */
public final class ScriptFixtures {
  private ScriptFixtures() {}

  /** All files of a version, by their names, in a folder. */
  public static Path unpack(String version, Path folder) {
    try (InputStream in =
            ScriptFixtures.class.getResourceAsStream("torchscript/%s.zip".formatted(version));
        ZipInputStream zip = new ZipInputStream(in)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Files.copy(zip, folder.resolve(entry.getName()));
      }
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A file as a network has it. */
  public static ScriptFile file(Path file) {
    try {
      String digest = ContentDigest.hex(ContentDigest.sha256().digest(Files.readAllBytes(file)));
      return new ScriptFile(file.getFileName().toString(), digest, file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An encoder and a head for all tasks. */
  public static ScriptFiles files(Path folder, String kind) {
    return new ScriptFiles(
        Optional.of(file(folder.resolve(kind + "-encoder.pt"))),
        Optional.of(file(folder.resolve(kind + "-head.pt"))),
        Map.of());
  }

  /** A plan of other layers with the tasks and inputs of a plan. */
  public static NetworkPlan plan(NetworkPlan like, ScriptFiles files) {
    return other(like, ScriptFiles.NETWORK, Map.of(ScriptFiles.ENCODER, "encoder.pt"))
        .madeOf(files);
  }

  /** A plan of another network with the tasks and inputs of a plan. */
  public static NetworkPlan other(NetworkPlan like, String network, Map<String, ?> options) {
    return new NetworkPlan(
        Architectures.known().entry(network),
        options,
        like.tasks(),
        like.inputs(),
        like.targets(),
        like.statistics());
  }
}
