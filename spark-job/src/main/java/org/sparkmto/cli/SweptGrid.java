package org.sparkmto.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.sparkmto.experiment.sweep.Sweep;
import org.sparkmto.experiment.sweep.SweepGrid;
import org.sparkmto.naming.Counted;
import org.sparkmto.report.SweepReport;
import org.sparkmto.training.RunDirectory;

/** Makes the runs of a grid, and leaves tables and a page in its directory. */
record SweptGrid(SweepGrid grid, SparkOptions spark, boolean overwrite, PrintWriter console)
    implements SubCommand.Work {

  @Override
  public void run() throws InterruptedException, IOException {
    Configuration hadoop = spark.hadoop();
    Sweep sweep = new Sweep(grid, overwrite, hadoop, System.out);
    Sweep.Made made;
    try (SparkSession session = spark.openForTraining("spark-mto sweep " + grid.directory())) {
      JavaSparkContext context = JavaSparkContext.fromSparkContext(session.sparkContext());
      made = sweep.run(context);
    }
    report(made, hadoop);
    if (made.failed() > 0) {
      throw new IllegalStateException(
          Counted.of(made.failed(), "run") + " failed; the tables say why");
    }
  }

  private void report(Sweep.Made made, Configuration hadoop) throws IOException {
    Path target = new Path(RunDirectory.of(grid.directory(), hadoop).name());
    FileSystem files = target.getFileSystem(hadoop);
    files.setWriteChecksum(false); // no .crc beside files for people
    var written =
        SweepReport.write(
            made.results(), made.times(), name -> files.create(new Path(target, name), true));
    try (InputStream in = files.open(new Path(target, SweepReport.MARKDOWN))) {
      console.println();
      console.print(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
    console.println();
    written.forEach(name -> console.println(files.makeQualified(new Path(target, name))));
    console.flush();
  }
}
