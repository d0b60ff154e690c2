package org.sparkmto.network;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** A network of TorchScript files. */
public final class ScriptNetwork implements Network {
  private final NetworkShape shape;
  private final ScriptPart encoder;
  private final List<ScriptPart> heads;

  private ScriptNetwork(NetworkShape shape, ScriptPart encoder, List<ScriptPart> heads) {
    this.shape = shape;
    this.encoder = encoder;
    this.heads = List.copyOf(heads);
  }

  /**
   * Declares the parameters of the files of a network, by the names that they have there behind
   * {@code encoder.} and {@code heads.TASK.}.
   *
   * @throws IllegalArgumentException if there is no file for the encoder or for a head
   */
  public static ScriptNetwork of(NetworkShape shape, ParameterBook book) {
    ScriptFiles files = shape.scripts();
    ScriptPart encoder = ScriptPart.of(files.ofEncoder(), book.shared(), "encoder.");
    List<ScriptPart> heads = new ArrayList<>();
    for (int task = 0; task < shape.tasks(); task++) {
      String name = shape.heads().get(task).name();
      heads.add(ScriptPart.of(files.ofHead(name), book.head(task), "heads." + name + "."));
    }
    return new ScriptNetwork(shape, encoder, heads);
  }

  @Override
  public void start() {
    encoder.start();
    heads.forEach(ScriptPart::start);
  }

  @Override
  public Tensor encode(List<Tensor> inputs, boolean training) {
    return encoder.forward(inputs, training, shape.dropout().seed("encoder"));
  }

  @Override
  public Tensor decode(int task, Tensor representation, boolean training) {
    NetworkShape.Head head = shape.heads().get(task);
    Tensor read =
        head.hasPixels()
            ? representation
            : shape.dropout().apply(head.name(), representation, training);
    return heads.get(task).forward(List.of(read), training, shape.dropout().seed(head.name()));
  }

  @Override
  public void tryOut() {
    ScriptTrial.of(shape);
  }

  @Override
  public List<Path> save(Path folder) {
    List<Path> files = new ArrayList<>();
    List<String> names =
        ScriptFiles.names(shape.heads().stream().map(NetworkShape.Head::name).toList());
    for (int part = 0; part <= heads.size(); part++) {
      Path file = folder.resolve(names.get(part));
      (part == 0 ? encoder : heads.get(part - 1)).save(file);
      files.add(file);
    }
    return files;
  }

  @Override
  public void close() {
    encoder.close();
    heads.forEach(ScriptPart::close);
  }
}
