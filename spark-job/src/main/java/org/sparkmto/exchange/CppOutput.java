package org.sparkmto.exchange;

import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.PointerScope;

/**
 * What C++ code of this process prints with {@code std::cout}. Gloo says there of every group who
 * is connected to whom, among the lines of progress of a run that has its ranks in one process, and
 * the Gloo of this libtorch has no switch for it (a later one has {@code GLOO_LOG_LEVEL}).
 *
 * <p>The stream is told that it has failed, as {@code std::cout.setstate(std::ios::badbit)} does,
 * so it prints nothing more. The binding has no such call; the state is set where the ABI of
 * libstdc++ has it, and only if all that lies around it is as it must be there.
 */
final class CppOutput {
  private static final String STD_COUT = "_ZSt4cout";

  /**
   * In the table of an ostream's functions, three words before the first: where its base begins.
   */
  private static final int OFFSET_OF_BASE = -3;

  private static final int BASE = 8;
  private static final int PRECISION = 6;
  private static final int SKIP_SPACE_AND_DECIMAL = 0x1002;
  private static final int BAD = 1;

  private CppOutput() {}

  /** Silences it for good; does nothing where the stream is not as it is expected to be. */
  static synchronized void silence() {
    try (PointerScope call = new PointerScope()) {
      Pointer cout = Loader.addressof(STD_COUT);
      if (cout == null || cout.isNull()) {
        return;
      }
      Pointer functions = new PointerPointer<Pointer>(cout).get(0);
      if (new LongPointer(functions).get(OFFSET_OF_BASE) != BASE) {
        return;
      }
      // After the pointers to functions of stream and base: precision, width, flags, exceptions.
      LongPointer words = new LongPointer(cout);
      IntPointer halves = new IntPointer(cout);
      if (words.get(2) == PRECISION
          && words.get(3) == 0
          && halves.get(8) == SKIP_SPACE_AND_DECIMAL
          && halves.get(9) == 0
          && halves.get(10) == 0) {
        halves.put(10, BAD);
      }
    }
  }
}
