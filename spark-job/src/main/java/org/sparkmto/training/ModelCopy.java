package org.sparkmto.training;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.hadoop.conf.Configuration;

/** A copy of the directory of a model, which is all that its use needs. */
public final class ModelCopy {
  private ModelCopy() {}

  /**
   * Copies a model, the manifest last, so that a copy that was interrupted is none.
   *
   * @param directory of the copy; a model that is there is replaced
   * @throws org.sparkmto.options.ConfigurationException if the weights are damaged
   */
  public static void write(TrainedModel model, String directory, Configuration hadoop) {
    RunDirectory original = RunDirectory.of(model.location(), hadoop);
    RunDirectory copy = RunDirectory.of(directory, hadoop);
    model.verify(); // so that what is damaged is not handed on
    try {
      copy.files().mkdirs(copy.root());
      copy.files().delete(copy.path(Checkpoint.MANIFEST), false);
      for (String name : model.files()) {
        try (InputStream from = original.open(name).orElseThrow();
            OutputStream to = copy.files().create(copy.path(name), true)) {
          from.transferTo(to);
        }
      }
    } catch (IOException e) {
      throw RunDirectory.failed("copy the model to", copy.root(), e);
    }
    copy.write(Checkpoint.MANIFEST, model.manifest());
  }
}
