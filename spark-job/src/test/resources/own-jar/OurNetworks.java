package com.example;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.sparkmto.network.Architecture;
import org.sparkmto.network.ArchitectureProvider;
import org.sparkmto.network.Initialisation;
import org.sparkmto.network.Network;
import org.sparkmto.network.NetworkShape;
import org.sparkmto.network.Parameter;
import org.sparkmto.network.ParameterBook;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;

public final class OurNetworks implements ArchitectureProvider {

  private static Network build(NetworkShape shape, Options options, ParameterBook book) {
    long width = options.whole("width");
    long pixels = shape.image().elements();
    Parameter shared =
        book.shared().parameter("encoder.weight", Initialisation.fanIn(pixels), width, pixels);
    List<Parameter> heads = new ArrayList<>();
    for (int task = 0; task < shape.tasks(); task++) {
      NetworkShape.Head head = shape.wholeSamples().get(task);
      heads.add(
          book.head(task)
              .parameter(
                  "heads." + head.name() + ".weight",
                  Initialisation.fanIn(width),
                  head.outputs(),
                  width));
    }
    return new Network() {
      @Override
      public Tensor encode(List<Tensor> inputs, boolean training) {
        return torch.relu(torch.linear(torch.flatten(inputs.get(0), 1, -1), shared.tensor()));
      }

      @Override
      public Tensor decode(int task, Tensor representation, boolean training) {
        return torch.linear(representation, heads.get(task).tensor());
      }
    };
  }

  @Override
  public List<Entry<Architecture>> entries() {
    return List.of(
        Architecture.entry(
            "two-matrices",
            "tasks of whole images: a matrix for all, and one for each task",
            List.of(Option.of("width", Option.count(1), 16, "length of the representation")),
            OurNetworks::build));
  }
}
