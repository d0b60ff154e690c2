package org.sparkmto.exchange;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.sparkmto.exchange.SharedRounds.Collective;
import org.sparkmto.exchange.SharedRounds.Turn;
import org.sparkmto.method.Slices;

/**
 * Sums of tensors in shared memory. A rank writes of the slices of others what they are to add,
 * adds up its own, in the order of ranks, and writes the sum where all are to have all of it: chunk
 * by chunk, as much as a place takes, so that it stays in the caches. The bits are those of {@link
 * PeerSums}, with bfloat16, too.
 */
final class SharedSums {
  private final SharedRounds rounds;
  private final Transport as;
  private final int rank;
  private final int size;
  private long bytesSent;

  SharedSums(SharedRounds rounds, Transport as) {
    this.rounds = rounds;
    this.as = as;
    this.rank = rounds.rank();
    this.size = rounds.size();
  }

  long bytesSent() {
    return bytesSent;
  }

  /** As {@link RankGroup#sum(Tensor)}. */
  void sum(Tensor values) {
    ScalarType type = values.scalar_type().intern();
    try (PointerScope scope = new PointerScope();
        Turn turn = rounds.begin(Collective.SUM_OF_TENSORS, type, values.numel())) {
      Tensor vector = values.view(-1);
      if (values.numel() <= turn.capacity()) {
        sumAtOnce(turn, vector);
      } else {
        sumSlices(turn, vector, false);
      }
    }
  }

  /** Everybody reads all and adds it up. */
  private void sumAtOnce(Turn turn, Tensor values) {
    long length = values.numel();
    turn.toWrite().narrow(0, 0, length).copy_(values);
    turn.written();
    add(values, values, peer -> turn.toRead(peer).narrow(0, 0, length));
    turn.read();
    bytesSent += (size - 1L) * length * values.element_size();
  }

  /** As {@link RankGroup#beginSum}, done at once. */
  void sumGradient(Tensor gradient) {
    try (PointerScope scope = new PointerScope();
        Turn turn =
            rounds.begin(Collective.SUM_OF_GRADIENTS, as.type(gradient), gradient.numel())) {
      sumSlices(turn, gradient, as != Transport.FLOAT32);
    }
  }

  /** As {@link RankGroup#beginSlices}, done at once. */
  void slices(Tensor whole, Tensor own, Slices slices) {
    try (PointerScope scope = new PointerScope();
        Turn turn = rounds.begin(Collective.SLICES, as.type(whole), slices.elements())) {
      Addends addends = new Addends(turn, whole, own, slices);
      // The next chunk is written before this one is read: who is ahead needs not wait.
      addends.write(0);
      for (long chunk = 0; chunk < addends.chunks(); chunk++) {
        addends.write(chunk + 1);
        addends.read(chunk);
      }
    }
  }

  /** As {@link RankGroup#gatherSlices}, or as {@link RankGroup#gatherGradient}. */
  void gather(Tensor own, Tensor whole, Slices slices, Transport how) {
    try (PointerScope scope = new PointerScope();
        Turn turn = rounds.begin(Collective.GATHERED, how.type(whole), slices.elements())) {
      Tensor there = whole.narrow(0, slices.start(rank), slices.length(rank));
      if (there.numel() > 0 && own.data_ptr().address() != there.data_ptr().address()) {
        there.copy_(own);
      }
      Gathered gathered =
          new Gathered(turn, whole, slices, turn.capacity(), how != Transport.FLOAT32);
      gathered.write(0);
      for (long chunk = 0; chunk < gathered.chunks(); chunk++) {
        gathered.write(chunk + 1);
        gathered.read(chunk);
      }
    }
  }

  /** A chunk of sums goes round while the next one is added up. */
  private void sumSlices(Turn turn, Tensor values, boolean rounds) {
    Slices slices = new Slices(values.numel(), size);
    Tensor own = values.narrow(0, slices.start(rank), slices.length(rank));
    Addends addends = new Addends(turn, values, own, slices);
    Gathered sums = new Gathered(turn, values, slices, addends.each, rounds);
    long chunks = addends.chunks();
    addends.write(0);
    for (long chunk = 0; chunk < chunks; chunk++) {
      addends.write(chunk + 1);
      addends.read(chunk);
      sums.write(chunk);
      if (chunk > 0) {
        sums.read(chunk - 1);
      }
    }
    if (chunks > 0) {
      sums.read(chunks - 1);
    }
  }

  /** Chunks of all slices of a vector, as many elements of each at a time. */
  private abstract class Chunks {
    final Turn turn;
    final Tensor whole;
    final Slices slices;
    final int each;

    Chunks(Turn turn, Tensor whole, Slices slices, int each) {
      this.turn = turn;
      this.whole = whole;
      this.slices = slices;
      this.each = each;
    }

    /** Of the longest slice; of others the last are empty. */
    final long chunks() {
      long longest = 0;
      for (int peer = 0; peer < size; peer++) {
        longest = Math.max(longest, slices.length(peer));
      }
      return (longest + each - 1) / each;
    }

    final long length(int peer, long chunk) {
      return Math.max(0, Math.min(each, slices.length(peer) - chunk * each));
    }

    final Tensor piece(int peer, long chunk) {
      return whole.narrow(0, slices.start(peer) + chunk * each, length(peer, chunk));
    }

    /** Writes what others want of this rank; nothing behind the last chunk. */
    final void write(long chunk) {
      if (chunk < chunks()) {
        try (PointerScope scope = new PointerScope()) {
          write(turn.toWrite(), chunk);
        }
        turn.written();
      }
    }

    /** Takes what this rank wants of others. */
    final void read(long chunk) {
      try (PointerScope scope = new PointerScope()) {
        take(chunk);
      }
      turn.read();
    }

    abstract void write(Tensor place, long chunk);

    abstract void take(long chunk);

    final void sent(Tensor place, long elements) {
      bytesSent += elements * place.element_size();
    }
  }

  /** What a rank is to add to its slice is written by the others. */
  private final class Addends extends Chunks {
    private final Tensor own;

    /**
     * Of a vector.
     *
     * @param own where the sum of this rank's slice is to be; may be where the slice is
     */
    Addends(Turn turn, Tensor whole, Tensor own, Slices slices) {
      super(turn, whole, slices, turn.capacity() / (size - 1));
      this.own = own;
    }

    @Override
    void write(Tensor place, long chunk) {
      for (int peer = 0; peer < size; peer++) {
        long length = length(peer, chunk);
        if (peer != rank && length > 0) {
          place.narrow(0, at(rank, peer), length).copy_(piece(peer, chunk));
          sent(place, length);
        }
      }
    }

    /** Where in the place of one rank that lies which is for another. */
    private long at(int from, int to) {
      return (long) each * (to < from ? to : to - 1);
    }

    @Override
    void take(long chunk) {
      long length = length(rank, chunk);
      if (length > 0) {
        add(
            own.narrow(0, chunk * each, length),
            piece(rank, chunk),
            peer -> turn.toRead(peer).narrow(0, at(peer, rank), length));
      }
    }
  }

  /** All ranks get the slices of all. */
  private final class Gathered extends Chunks {
    private final boolean rounds;

    /**
     * Of a vector in which each rank has its slice.
     *
     * @param rounds whether a rank keeps, as all get, what the type of the turn makes of its slice
     */
    Gathered(Turn turn, Tensor whole, Slices slices, int each, boolean rounds) {
      super(turn, whole, slices, each);
      this.rounds = rounds;
    }

    @Override
    void write(Tensor place, long chunk) {
      long length = length(rank, chunk);
      if (length > 0) {
        Tensor own = piece(rank, chunk);
        Tensor written = place.narrow(0, 0, length).copy_(own);
        if (rounds) {
          own.copy_(written);
        }
        sent(place, (size - 1L) * length);
      }
    }

    @Override
    void take(long chunk) {
      for (int distance = 1; distance < size; distance++) {
        // The next rank first: not all the same one.
        int peer = (rank + distance) % size;
        long length = length(peer, chunk);
        if (length > 0) {
          piece(peer, chunk).copy_(turn.toRead(peer).narrow(0, 0, length));
        }
      }
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
