// kpt's own commands `live` and `pkg`. kpt's main cannot be built from the module registry, which lacks the module of its
// alpha command `rollouts`; `rollouts/` stands for that module, and is empty.
package main

import (
	"context"
	"os"

	"github.com/kptdev/kpt/commands/live"
	"github.com/kptdev/kpt/commands/pkg"
	"github.com/kptdev/kpt/pkg/printer"
	"github.com/spf13/cobra"
)

func main() {
	kpt := &cobra.Command{Use: "kpt", SilenceUsage: true}
	ctx := printer.WithContext(context.Background(), printer.New(os.Stdout, os.Stderr))
	kpt.AddCommand(live.GetCommand(ctx, "kpt", "e2e"), pkg.GetCommand(ctx, "kpt"))
	if kpt.Execute() != nil {
		os.Exit(1)
	}
}
