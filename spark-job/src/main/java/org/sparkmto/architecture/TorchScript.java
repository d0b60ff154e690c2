package org.sparkmto.architecture;

import java.util.List;
import org.sparkmto.network.Architecture;
import org.sparkmto.network.Network;
import org.sparkmto.network.NetworkShape;
import org.sparkmto.network.ParameterBook;
import org.sparkmto.network.ScriptFiles;
import org.sparkmto.network.ScriptNetwork;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;

/**
 * A network of somebody's own, from TorchScript files: an encoder, which gives z, and a head for
 * each task. Its parameters have the names that they have in the files, behind {@code encoder.} and
 * {@code heads.TASK.}, and start as the files have them.
 */
final class TorchScript implements Architecture {
  private static final String DIGESTS_MEAN =
      "SHA-256 of these files, in the same places. A run adds them to its own configuration; where"
          + " they are given, files of another content are refused.";

  static final Entry<Architecture> ENTRY =
      new Entry<>(
          Architecture.KIND,
          ScriptFiles.NETWORK,
          "any tasks: your own encoder and heads, from TorchScript files",
          List.of(
              Option.orAbsent(
                  ScriptFiles.ENCODER,
                  Option.text(),
                  "must be given: the file of the encoder, from the inputs to one tensor, z,"
                      + " samples first"),
              Option.orAbsent(
                  ScriptFiles.HEAD,
                  Option.text(),
                  "the file of the head of every task that has none in `heads`: from z to samples"
                      + " by outputs, for tasks of pixels by height and width"),
              Option.orAbsent(
                  ScriptFiles.HEADS,
                  Option.keys("names of tasks, each with a file"),
                  "files of heads by task, `heads.TASK = FILE`"),
              Option.orAbsent(ScriptFiles.DIGESTS, Option.keys("digests by option"), DIGESTS_MEAN)),
          options -> new TorchScript());

  @Override
  public Network build(NetworkShape shape, Options options, ParameterBook book) {
    return ScriptNetwork.of(shape, book);
  }
}
