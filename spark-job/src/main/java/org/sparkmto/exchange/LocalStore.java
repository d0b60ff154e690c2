package org.sparkmto.exchange;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.ByteVector;
import org.bytedeco.pytorch.FileStore;
import org.bytedeco.pytorch.StringVector;

/**
 * The store in which Gloo puts down this rank's address and looks for those of its peers: a file in
 * a folder that only this user may enter. No other process reads it and nothing listens for it.
 * Safe for use by several threads.
 */
final class LocalStore implements AutoCloseable {
  private static final int NEVER_CLEANED_BY_COUNT = -1;

  private final Path folder;
  private final Path file;
  private final FileStore store;
  private boolean closed;

  LocalStore() {
    try {
      folder = TemporaryFolders.create(folderPrefix());
      file = Files.createFile(folder.resolve("addresses"));
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
    try (PointerScope opening = new PointerScope()) {
      store = new FileStore(file.toString(), NEVER_CLEANED_BY_COUNT);
      // The binding frees a store when its Java object goes, whoever in C++ still points at it: it
      // must stay until the group is gone, or the group's end writes into memory of others.
      store.retainReference();
    }
  }

  /** Begins the name of the folder; with the process, so that one left behind can be told. */
  static String folderPrefix() {
    return "spark-mto-rank-" + ProcessHandle.current().pid() + "-";
  }

  FileStore store() {
    return store;
  }

  /** What Gloo has put down as the address of a rank; nothing if the store is closed. */
  synchronized Optional<byte[]> address(int rank) {
    if (closed) {
      return Optional.empty();
    }
    try (PointerScope call = new PointerScope()) {
      if (!store.check(new StringVector(key(rank)))) {
        return Optional.empty();
      }
      ByteVector value = store.get(key(rank));
      byte[] bytes = new byte[(int) value.size()];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = value.get(i);
      }
      return Optional.of(bytes);
    }
  }

  /** Puts down the address of a peer, where Gloo waits for it, unless the store is closed. */
  synchronized void put(int rank, byte[] address) {
    if (closed) {
      return;
    }
    try (PointerScope call = new PointerScope()) {
      store.set(key(rank), new ByteVector(address));
    }
  }

  /** As Gloo names them: its first, and here its only, device; then the rank. */
  private static String key(int rank) {
    return "0/" + rank;
  }

  /** Removes the file: once all have met, nobody looks into it again. */
  synchronized void removeFile() {
    try {
      Files.deleteIfExists(file);
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove " + folder, e);
    }
  }

  @Override
  public synchronized void close() {
    removeFile();
    if (!closed) {
      closed = true;
      store.releaseReference();
    }
  }
}
