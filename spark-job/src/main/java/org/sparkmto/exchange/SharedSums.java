package org.sparkmto.exchange;

import static org.sparkmto.exchange.SharedMemory.ADDENDS;
import static org.sparkmto.exchange.SharedMemory.SUMS;
import static org.sparkmto.exchange.SharedQueues.NOBODY;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.sparkmto.exchange.SharedQueues.Collective;
import org.sparkmto.exchange.SharedQueues.Turn;
import org.sparkmto.method.Slices;

/**
 * Sums of tensors in shared memory. A rank writes of the slices of others what they are to add,
 * adds up its own, in the order of ranks, and writes the sum where all are to have all of it: chunk
 * by chunk, as much as a place takes, so that it stays in the caches. The bits are those of {@link
 * PeerSums}, with bfloat16, too.
 *
 * <p>What has come is taken first, and where nothing has, this rank writes ahead: it waits only if
 * it can do nothing else.
 */
final class SharedSums {
  private final SharedQueues queues;
  private final Transport as;
  private final int rank;
  private final int size;
  private long bytesSent;

  SharedSums(SharedQueues queues, Transport as) {
    this.queues = queues;
    this.as = as;
    this.rank = queues.rank();
    this.size = queues.size();
  }

  long bytesSent() {
    return bytesSent;
  }

  /** As {@link RankGroup#sum(Tensor)}. */
  void sum(Tensor values) {
    ScalarType type = values.scalar_type().intern();
    try (PointerScope scope = new PointerScope();
        Turn turn = queues.begin(Collective.SUM_OF_TENSORS, type, values.numel())) {
      Tensor vector = values.view(-1);
      if (values.numel() <= turn.capacity()) {
        sumAtOnce(turn, vector);
      } else {
        sumSlices(turn, List.of(vector), false);
      }
    }
  }

  /** Everybody reads all and adds it up. */
  private void sumAtOnce(Turn turn, Tensor values) {
    long length = values.numel();
    turn.await(() -> turn.lagsToWrite(ADDENDS));
    turn.toWrite(ADDENDS).narrow(0, 0, length).copy_(values);
    turn.written(ADDENDS);
    turn.await(() -> turn.lagsToRead(ADDENDS));
    add(values, values, peer -> turn.toRead(ADDENDS, peer).narrow(0, 0, length));
    turn.read(ADDENDS);
    bytesSent += (size - 1L) * length * values.element_size();
  }

  /** As {@link RankGroup#beginSum} of several gradients of one type, done at once. */
  void sumGradients(List<Tensor> gradients) {
    Tensor first = gradients.get(0);
    try (PointerScope scope = new PointerScope();
        Turn turn = queues.begin(Collective.SUM_OF_GRADIENTS, as.type(first), first.numel())) {
      sumSlices(turn, gradients, as != Transport.FLOAT32);
    }
  }

  private void sumSlices(Turn turn, List<Tensor> vectors, boolean rounds) {
    List<Chunk> chunks = new ArrayList<>();
    for (Tensor values : vectors) {
      Slices slices = new Slices(values.numel(), size);
      Tensor own = values.narrow(0, slices.start(rank), slices.length(rank));
      cut(values, own, slices, turn.capacity() / (size - 1), chunks);
    }
    AddingUp adding = new AddingUp(turn, chunks, true, rounds);
    work(turn, List.of(new Taking(turn, chunks), adding, new Addends(turn, chunks)));
  }

  /** As {@link RankGroup#beginSlices}, done at once. */
  void slices(Tensor whole, Tensor own, Slices slices) {
    try (PointerScope scope = new PointerScope();
        Turn turn = queues.begin(Collective.SLICES, as.type(whole), slices.elements())) {
      List<Chunk> chunks = new ArrayList<>();
      cut(whole, own, slices, turn.capacity() / (size - 1), chunks);
      work(turn, List.of(new AddingUp(turn, chunks, false, false), new Addends(turn, chunks)));
    }
  }

  /** As {@link RankGroup#gatherSlices}, or as {@link RankGroup#gatherGradient}. */
  void gather(Tensor own, Tensor whole, Slices slices, Transport how) {
    try (PointerScope scope = new PointerScope();
        Turn turn = queues.begin(Collective.GATHERED, how.type(whole), slices.elements())) {
      Tensor there = whole.narrow(0, slices.start(rank), slices.length(rank));
      if (there.numel() > 0 && own.data_ptr().address() != there.data_ptr().address()) {
        there.copy_(own);
      }
      List<Chunk> chunks = new ArrayList<>();
      cut(whole, there, slices, turn.capacity(), chunks);
      boolean rounds = how != Transport.FLOAT32;
      work(turn, List.of(new Taking(turn, chunks), new Handing(turn, chunks, rounds)));
    }
  }

  /** Does what can be done, the first of the list first, until all is. */
  private static void work(Turn turn, List<Step> steps) {
    while (true) {
      List<Step> left = steps.stream().filter(step -> !step.isDone()).toList();
      if (left.isEmpty()) {
        return;
      }
      turn.await(() -> lag(left));
      for (Step step : left) {
        if (step.lag() == NOBODY) {
          step.next();
          break;
        }
      }
    }
  }

  private static int lag(List<Step> steps) {
    int first = NOBODY;
    for (Step step : steps) {
      int peer = step.lag();
      if (peer == NOBODY) {
        return NOBODY;
      }
      first = first == NOBODY ? peer : first;
    }
    return first;
  }

  /** As many elements of each slice of a vector as there are up to some number. */
  private record Chunk(Tensor whole, Tensor own, Slices slices, long from, int each) {
    long length(int rank) {
      return Math.max(0, Math.min(each, slices.length(rank) - from));
    }

    Tensor piece(int rank) {
      return whole.narrow(0, slices.start(rank) + from, length(rank));
    }

    /** Where the sum of this rank's part is to be. */
    Tensor sum(int rank) {
      return own.narrow(0, from, length(rank));
    }

    /** Where in the place of one rank that lies which is for another. */
    long at(int of, int to) {
      return (long) each * (to < of ? to : to - 1);
    }
  }

  /** Chunks up to the end of the longest slice; of others the last are empty. */
  private void cut(Tensor whole, Tensor own, Slices slices, int each, List<Chunk> chunks) {
    long longest = 0;
    for (int peer = 0; peer < size; peer++) {
      longest = Math.max(longest, slices.length(peer));
    }
    for (long from = 0; from < longest; from += each) {
      chunks.add(new Chunk(whole, own, slices, from, each));
    }
  }

  /** What a rank does with all chunks, one after the other. */
  private abstract static class Step {
    final Turn turn;
    private final List<Chunk> chunks;
    private int done;

    Step(Turn turn, List<Chunk> chunks) {
      this.turn = turn;
      this.chunks = chunks;
    }

    final boolean isDone() {
      return done == chunks.size();
    }

    /** Who must come first for the next chunk. */
    abstract int lag();

    final void next() {
      Chunk chunk = chunks.get(done);
      turn.of(chunk.slices().elements());
      try (PointerScope scope = new PointerScope()) {
        run(chunk);
      }
      done++;
    }

    abstract void run(Chunk chunk);
  }

  /** Writes what others are to add. */
  private final class Addends extends Step {
    Addends(Turn turn, List<Chunk> chunks) {
      super(turn, chunks);
    }

    @Override
    int lag() {
      return turn.lagsToWrite(ADDENDS);
    }

    @Override
    void run(Chunk chunk) {
      Tensor place = turn.toWrite(ADDENDS);
      for (int peer = 0; peer < size; peer++) {
        long length = chunk.length(peer);
        if (peer != rank && length > 0) {
          place.narrow(0, chunk.at(rank, peer), length).copy_(chunk.piece(peer));
          bytesSent += length * place.element_size();
        }
      }
      turn.written(ADDENDS);
    }
  }

  /** Adds up the own part, and hands the sum on where all are to have it. */
  private final class AddingUp extends Step {
    private final boolean handsOn;
    private final boolean rounds;

    AddingUp(Turn turn, List<Chunk> chunks, boolean handsOn, boolean rounds) {
      super(turn, chunks);
      this.handsOn = handsOn;
      this.rounds = rounds;
    }

    @Override
    int lag() {
      int peer = turn.lagsToRead(ADDENDS);
      return peer == NOBODY && handsOn ? turn.lagsToWrite(SUMS) : peer;
    }

    @Override
    void run(Chunk chunk) {
      long length = chunk.length(rank);
      if (length > 0) {
        add(
            chunk.sum(rank),
            chunk.piece(rank),
            peer -> turn.toRead(ADDENDS, peer).narrow(0, chunk.at(peer, rank), length));
      }
      turn.read(ADDENDS);
      if (handsOn) {
        hand(turn, chunk, rounds);
      }
    }
  }

  /** Hands on what this rank has. */
  private final class Handing extends Step {
    private final boolean rounds;

    Handing(Turn turn, List<Chunk> chunks, boolean rounds) {
      super(turn, chunks);
      this.rounds = rounds;
    }

    @Override
    int lag() {
      return turn.lagsToWrite(SUMS);
    }

    @Override
    void run(Chunk chunk) {
      hand(turn, chunk, rounds);
    }
  }

  /**
   * Writes the own part for all.
   *
   * @param rounds whether this rank keeps, as all get, what the type of the turn makes of it
   */
  private void hand(Turn turn, Chunk chunk, boolean rounds) {
    long length = chunk.length(rank);
    if (length > 0) {
      Tensor own = chunk.sum(rank);
      Tensor written = turn.toWrite(SUMS).narrow(0, 0, length).copy_(own);
      if (rounds) {
        own.copy_(written);
      }
      bytesSent += (size - 1L) * length * written.element_size();
    }
    turn.written(SUMS);
  }

  /** Takes the parts of others. */
  private final class Taking extends Step {
    Taking(Turn turn, List<Chunk> chunks) {
      super(turn, chunks);
    }

    @Override
    int lag() {
      return turn.lagsToRead(SUMS);
    }

    @Override
    void run(Chunk chunk) {
      for (int distance = 1; distance < size; distance++) {
        // The next rank first: not all the same one.
        int peer = (rank + distance) % size;
        long length = chunk.length(peer);
        if (length > 0) {
          chunk.piece(peer).copy_(turn.toRead(SUMS, peer).narrow(0, 0, length));
        }
      }
      turn.read(SUMS);
    }
  }

  private interface OfPeer {
    Tensor of(int peer);
  }

  /** The sum of what this rank has and what others have written, in the order of ranks. */
  private void add(Tensor sum, Tensor mine, OfPeer theirs) {
    if (rank == 0) {
      torch.add_out(sum, mine, theirs.of(1));
    } else if (rank == 1) {
      torch.add_out(sum, mine, theirs.of(0));
    } else {
      Tensor before = torch.empty_like(mine).copy_(theirs.of(0));
      for (int peer = 1; peer < rank; peer++) {
        before.add_(theirs.of(peer));
      }
      torch.add_out(sum, before, mine);
    }
    for (int peer = Math.max(2, rank + 1); peer < size; peer++) {
      sum.add_(theirs.of(peer));
    }
  }
}
