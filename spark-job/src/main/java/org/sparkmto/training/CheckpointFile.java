package org.sparkmto.training;

import java.io.Serializable;
import org.sparkmto.data.DataContractException;
import org.sparkmto.network.ScriptFiles;

/**
 * One file of a checkpoint.
 *
 * @param name in the checkpoint's directory
 * @param bytes its length
 * @param sha256 digest, lower-case hexadecimal
 */
record CheckpointFile(String name, long bytes, String sha256) implements Serializable {
  CheckpointFile {
    if (!name.matches("[a-z-]+\\.safetensors") && !ScriptFiles.isName(name)) {
      throw new DataContractException("names a file '" + name + "'");
    }
    if (bytes < 0 || !sha256.matches("[0-9a-f]{64}")) {
      throw new DataContractException("gives file '" + name + "' no length and SHA-256");
    }
  }
}
