package org.sparkmto.network;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The TorchScript files that a network is made of; none for a network that is made here.
 *
 * @param encoder what all tasks share
 * @param head of the tasks that have none of their own
 * @param heads by task
 */
public record ScriptFiles(
    Optional<ScriptFile> encoder, Optional<ScriptFile> head, Map<String, ScriptFile> heads) {
  /** The network that they are for. */
  public static final String NETWORK = "torchscript";

  /** Option: the file of the shared part. */
  public static final String ENCODER = "encoder";

  /** Option: the file of the heads of all tasks without one of their own. */
  public static final String HEAD = "head";

  /** Option: files of heads, by task. */
  public static final String HEADS = "heads";

  /** Option: digests of the files, in the same places. */
  public static final String DIGESTS = "sha256";

  private static final String SUFFIX = ".pt";
  private static final Pattern NAME =
      Pattern.compile("encoder\\.pt|head-[0-9]+-[A-Za-z0-9_-]+\\.pt");

  private static final ScriptFiles NONE =
      new ScriptFiles(Optional.empty(), Optional.empty(), Map.of());

  public ScriptFiles {
    heads = Collections.unmodifiableMap(new TreeMap<>(heads));
  }

  /** None. */
  public static ScriptFiles none() {
    return NONE;
  }

  /** Whether there are none. */
  public boolean isEmpty() {
    return all().isEmpty();
  }

  /** All of them, each once for each place. */
  public List<ScriptFile> all() {
    List<ScriptFile> all = new ArrayList<>();
    encoder.ifPresent(all::add);
    head.ifPresent(all::add);
    all.addAll(heads.values());
    return all;
  }

  /**
   * Names of the files of a trained network: that of the encoder, then those of heads.
   *
   * @param tasks all of the network, in their order
   */
  public static List<String> names(List<String> tasks) {
    List<String> names = new ArrayList<>(List.of(ENCODER + SUFFIX));
    for (int task = 0; task < tasks.size(); task++) {
      names.add(
          "head-%d-%s%s"
              .formatted(task + 1, tasks.get(task).replaceAll("[^A-Za-z0-9_-]", "_"), SUFFIX));
    }
    return names;
  }

  /** Whether a file of this name is one of {@link #names}. */
  public static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  /** The file of the shared part. */
  ScriptFile ofEncoder() {
    return encoder.orElseThrow(
        () ->
            new IllegalArgumentException(
                "torchscript has no encoder; set network.encoder to the file of one"));
  }

  /**
   * The file of the head of a task.
   *
   * @throws IllegalArgumentException if there is none
   */
  ScriptFile ofHead(String task) {
    return Optional.ofNullable(heads.get(task))
        .or(() -> head)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "task '%s' has no head; set network.heads.%1$s, or network.head for all tasks"
                        .formatted(task)));
  }
}
